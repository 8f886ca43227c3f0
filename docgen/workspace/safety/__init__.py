"""备份和核查: what makes an office survive its disk, and the proof that it is whole."""
