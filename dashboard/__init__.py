"""What commanders and responders see and click."""
