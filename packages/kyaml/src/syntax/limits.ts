/**
 * How deep brackets may nest in YAML; blocks may nest twice as deep. Kubernetes stops at 10,000; this stays far below
 * what a JavaScript stack can take in the parser.
 */
export const maxYamlDepth = 250

/** How deep JSON values may nest, and values after aliases are expanded. */
export const maxDepth = 1000
