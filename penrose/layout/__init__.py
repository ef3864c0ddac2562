"""Where everything stands: networks to scenes."""
