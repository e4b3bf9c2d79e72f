"""Official papers: their words, their layout by GB/T 9704-2012, the templates of the office."""
