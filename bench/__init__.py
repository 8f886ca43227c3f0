"""Measurements: each compares with what a user could pick instead, side by side in one run.

``python -m bench.render --json`` prints ``docx_vs_docxtpl``; ``--quick`` stays within 45 seconds. Figures are ratios
of CPU time (`time.process_time`) of interleaved runs, because machines differ and are shared.
"""
