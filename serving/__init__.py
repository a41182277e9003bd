"""The online wing: settings, accounts, catalog and recommendations over HTTP. It never imports `training`."""

__version__ = "0.1.0"
