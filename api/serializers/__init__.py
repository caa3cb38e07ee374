"""What comes in and what goes out, apart: input lists every field it takes, output every field it shows."""
