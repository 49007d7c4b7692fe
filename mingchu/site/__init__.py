"""Site 站点: settings, URLs, layout and the pages that combine contexts."""
