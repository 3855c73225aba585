import type { YamlErrorCode } from '../errors.ts'

/** Thrown for what KYAML cannot show; `offset` is the place in the text. */
export class FormatFault extends Error {
  readonly code: YamlErrorCode
  readonly offset: number

  constructor(code: YamlErrorCode, message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}
