export { type EncodeKyamlOptions, encodeKyaml, printKyaml } from './encode.ts'
export { KyamlEncodeError } from './errors.ts'
