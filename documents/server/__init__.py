"""The database server: the connection to it, and the embedded mongod."""
