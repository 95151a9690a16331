"""The API's own description of itself, for those who may log a disclosure."""

from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """The OpenAPI document."""

    capability = "search_cases"
