"""到期事项: what a signed paper brings about – duties with their day, flags, closings – and who is reminded of it."""
