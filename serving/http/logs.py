"""Log lines: for people in development, JSON in production, each with its request's id."""

import logging.config

from settings import Settings

_BY_ENVIRONMENT = {"development": "console", "production": "json"}


def configure(settings: Settings) -> None:
    """Send every logger of this process, the server's too, through one handler on stderr."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {
                "request": {
                    "()": "asgi_correlation_id.CorrelationIdFilter",
                    "uuid_length": 36,  # a client's may have its hyphens; the rest of what is longer is cut
                    "default_value": "-",
                }
            },
            "formatters": {
                "console": {"format": "%(asctime)s %(levelname)-7s %(name)s [%(correlation_id)s] %(message)s"},
                "json": {
                    "()": "pythonjsonlogger.orjson.OrjsonFormatter",
                    "format": "%(levelname)s %(name)s %(correlation_id)s %(message)s",
                    "rename_fields": {"levelname": "level", "name": "logger", "correlation_id": "request_id"},
                    "timestamp": "time",
                },
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": settings.log_format or _BY_ENVIRONMENT[settings.environment],
                    "filters": ["request"],
                }
            },
            "root": {"level": settings.log_level, "handlers": ["stderr"]},
            "loggers": {
                # uvicorn and gunicorn's worker gave these handlers of their own before the app was loaded
                "uvicorn": {"level": settings.log_level, "handlers": [], "propagate": True},
                "uvicorn.error": {"level": settings.log_level, "handlers": [], "propagate": True},
                # serving.http.access says the same and more; without a handler the server does not even build its line
                "uvicorn.access": {"handlers": [], "propagate": False},
                "alembic": {"level": "WARNING"},
                "asgi_correlation_id": {"level": "ERROR"},  # a strange X-Request-ID is replaced, no news
            },
        }
    )
