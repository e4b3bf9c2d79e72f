"""What clerks see: Flask-Admin views, thin, one file per collection or task."""
