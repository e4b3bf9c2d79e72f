"""What is suggested while somebody types in the search box: records, pages, acts, and what was open lately."""
