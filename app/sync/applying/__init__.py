"""An operation becomes rows: checked, in its order, once."""
