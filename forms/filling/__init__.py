"""填写: prefilled, typed, checked by the rules; what the pen wrote read from the signed paper."""
