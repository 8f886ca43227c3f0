"""法律依据: statutes and standards by clause, ages and periods as law counts them, working days."""
