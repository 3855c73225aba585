import { FeatureGateError } from './errors.ts'
import { quote, trimSpace } from './go-text.ts'

// What Go's strconv.ParseBool takes.
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

/**
 * Reads the value of a `--feature-gates` flag: `"A=true,B=false"`. Of a name that comes twice the last one counts; the
 * names are not looked up. Throws a {@link FeatureGateError} with upstream's text when a value is missing or no boolean.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/component-base/featuregate/feature_gate.go
 */
export function parseFeatureGatesFlag(text: string): ReadonlyMap<string, boolean> {
  const values = new Map<string, boolean>()
  for (const pair of text.split(',')) {
    if (pair === '') continue
    const split = pair.indexOf('=')
    const name = trimSpace(split < 0 ? pair : pair.slice(0, split))
    if (split < 0) throw syntaxError(name, `missing bool value for ${name}`)
    const value = trimSpace(pair.slice(split + 1))
    const on = booleans.get(value)
    if (on === undefined) {
      const reason = `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`
      throw syntaxError(name, `invalid value of ${name}=${value}, err: ${reason}`)
    }
    values.set(name, on)
  }
  return values
}

const syntaxError = (feature: string, message: string): FeatureGateError =>
  new FeatureGateError([{ kind: 'syntax', feature, message }])
