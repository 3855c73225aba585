/** Which fields of the API hold quantities, and which objects are maps, by their names. */
export interface SemanticRules {
  /** Says whether a text is a quantity, by its key and the key of the object that it stands in. */
  readonly isQuantity: (key: string, parent: string) => boolean
  /** Says whether an empty object at that key is the same as none: maps and structs, but not pointers to structs. */
  readonly isMap: (key: string) => boolean
}

const resourceLists: ReadonlySet<string> = new Set([
  'allocatable',
  'allocatedResources',
  'capacity',
  'default',
  'defaultRequest',
  'hard',
  'limits',
  'max',
  'maxLimitRequestRatio',
  'min',
  'overhead',
  'podFixed',
  'requests',
  'used',
])
const quantityFields: ReadonlySet<string> = new Set(['averageValue', 'divisor', 'maximumVolumeSize', 'sizeLimit'])
const maps: ReadonlySet<string> = new Set([
  ...resourceLists,
  'annotations',
  'binaryData',
  'data',
  'labels',
  'matchLabels',
  'nodeSelector',
  'selector',
  'stringData',
  'metadata',
  'resources',
  'status',
])

/** The fields of the built-in kinds. */
export const builtInSemanticRules: SemanticRules = Object.freeze({
  isQuantity: (key: string, parent: string): boolean =>
    quantityFields.has(key) || resourceLists.has(parent) || (key === 'value' && parent === 'target'),
  isMap: (key: string): boolean => maps.has(key),
})
