"""What is stored: MongoEngine documents, one aggregate a file, with its query set and indexes beside it."""
