"""penstock: streaming flows on one laptop."""
