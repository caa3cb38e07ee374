"""How the portal is run: supervisor, health, and the shell commands of whoever runs it."""
