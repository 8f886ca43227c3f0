"""What a docx says, every style applied: plain data that reading makes and setting takes."""
