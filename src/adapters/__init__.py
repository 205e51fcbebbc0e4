"""One room per technology; siblings never import each other."""
