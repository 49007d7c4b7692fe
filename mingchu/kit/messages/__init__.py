"""Messages 消息: people and other systems are told, at the right hour, and nothing is lost."""
