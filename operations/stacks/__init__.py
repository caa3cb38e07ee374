"""CloudFormation templates for the organisation that the portal works in; deploy/ holds them as text."""
