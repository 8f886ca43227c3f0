"""Printed: laid papers to one tagged PDF for keeping, with marks, fonts and pictures."""
