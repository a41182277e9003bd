"""OpenTelemetry: a trace of every request, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector."""

from fastapi import FastAPI
from starlette.middleware.opentelemetry import OpenTelemetryMiddleware

from serving import __version__
from settings import Settings


def install(app: FastAPI, settings: Settings) -> None:
    """Trace the app's requests, where a collector is configured; else the libraries are not even loaded."""
    if settings.otel_exporter_otlp_endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # the library's own variables (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …) are read as well
    resource = Resource.create().merge(Resource({"service.version": __version__}))
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "spotify-redux"}))
    provider = TracerProvider(resource=resource)
    endpoint = f"{settings.otel_exporter_otlp_endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    app.state.tracer_provider = provider
    app.add_middleware(OpenTelemetryMiddleware, tracer_provider=provider, excluded_urls=[r"/health", r"/metrics"])


def close(app: FastAPI) -> None:
    """Send what is left to the collector."""
    provider = getattr(app.state, "tracer_provider", None)
    if provider is not None:
        provider.shutdown()
