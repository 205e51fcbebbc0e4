"""Three realistic flows, built through the API; the JSON files beside are what an export of them holds."""
