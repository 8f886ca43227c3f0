"""Intake (收件): a stack of scanned pages becomes complete papers, and what is doubtful is shown.

`pages` opens a file, `marks` reads one page, `stack` sorts the reads, `derive` writes the
upright searchable PDF, `taking` joins the first two and runs them in a guarded child process.
Nothing here writes to the store or the registry.
"""
