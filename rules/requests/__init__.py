"""One request as the rules know it: from where it comes, the form that it sends, the files that it brings."""
