/** A JSON schema as custom resources have it; anything may be wrong with it. */
export type JsonSchema = Readonly<Record<string, unknown>>

const noSchema: JsonSchema = {}

/** Whether something is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const stringSchema: JsonSchema = { type: 'string' }

/** A reading of a schema that never throws. */
export class Schema {
  readonly source: JsonSchema
  #properties: ReadonlyMap<string, Schema> | undefined

  constructor(source: unknown) {
    this.source = isObject(source) ? source : noSchema
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.source, name) ? this.source[name] : undefined
  }

  #text(name: string): string {
    const value = this.#own(name)
    return typeof value === 'string' ? value : ''
  }

  #number(name: string): bigint | undefined {
    const value = this.#own(name)
    return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined
  }

  get type(): string {
    return this.#text('type')
  }

  get format(): string {
    return this.#text('format')
  }

  get nullable(): boolean {
    return this.#own('nullable') === true
  }

  get intOrString(): boolean {
    return this.#own('x-kubernetes-int-or-string') === true
  }

  get embedded(): boolean {
    return this.#own('x-kubernetes-embedded-resource') === true
  }

  get preserves(): boolean {
    return this.#own('x-kubernetes-preserve-unknown-fields') === true
  }

  get listType(): string {
    return this.#text('x-kubernetes-list-type')
  }

  get mapType(): string {
    return this.#text('x-kubernetes-map-type')
  }

  get listMapKeys(): readonly string[] {
    const keys = this.#own('x-kubernetes-list-map-keys')
    return Array.isArray(keys) ? keys.map(String) : []
  }

  get maxLength(): bigint | undefined {
    return this.#number('maxLength')
  }

  get maxItems(): bigint | undefined {
    return this.#number('maxItems')
  }

  get maxProperties(): bigint | undefined {
    return this.#number('maxProperties')
  }

  get enumeration(): readonly unknown[] {
    const values = this.#own('enum')
    return Array.isArray(values) ? values : []
  }

  get required(): readonly unknown[] {
    const names = this.#own('required')
    return Array.isArray(names) ? names : []
  }

  get hasDefault(): boolean {
    const value = this.#own('default')
    return value !== undefined && value !== null
  }

  get hasProperties(): boolean {
    return isObject(this.#own('properties'))
  }

  /** Sub-schemas by name, made once. */
  get properties(): ReadonlyMap<string, Schema> {
    this.#properties ??= this.#readProperties()
    return this.#properties
  }

  #readProperties(): ReadonlyMap<string, Schema> {
    const properties = this.#own('properties')
    return new Map(isObject(properties) ? Object.entries(properties).map(([name, own]) => [name, new Schema(own)]) : [])
  }

  get items(): Schema | undefined {
    const items = this.#own('items')
    return isObject(items) ? new Schema(items) : undefined
  }

  /** The schema of fields without one of their own. */
  get additional(): Schema | undefined {
    const additional = this.#own('additionalProperties')
    return isObject(additional) ? new Schema(additional) : undefined
  }

  get allOf(): readonly Schema[] {
    const all = this.#own('allOf')
    return Array.isArray(all) ? all.map((one) => new Schema(one)) : []
  }

  get rules(): readonly unknown[] {
    const rules = this.#own('x-kubernetes-validations')
    return Array.isArray(rules) ? rules : []
  }

  /** With the fields that expressions at the root of a resource always see. */
  asResource(): Schema {
    const known = (schema: Schema | undefined, name: string, type: string): boolean =>
      schema?.properties.get(name)?.type === type
    const metadata = this.properties.get('metadata')
    if (
      known(this, 'kind', 'string') &&
      known(this, 'apiVersion', 'string') &&
      known(this, 'metadata', 'object') &&
      known(metadata, 'name', 'string') &&
      known(metadata, 'generateName', 'string')
    )
      return this
    const properties = this.#own('properties')
    return new Schema({
      ...this.source,
      properties: {
        ...(isObject(properties) && properties),
        kind: stringSchema,
        apiVersion: stringSchema,
        metadata: { type: 'object', properties: { name: stringSchema, generateName: stringSchema } },
      },
    })
  }
}
