"""Small plugins that misbehave in one way each, and one that does not."""
