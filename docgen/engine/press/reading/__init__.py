"""From WordprocessingML to the model: what the same XML said before is the same object again."""
