import { expect, it } from 'vitest'
import { parseTime } from '../src/index.ts'

it('quotes what is no printable ASCII byte by byte, as Go does where it reads times', () => {
  expect(() => parseTime('\na"&b')).toThrow('parsing time "\\x0aa\\"&b" as "2006-01-02T15:04:05Z07:00"')
  expect(() => parseTime('é')).toThrow('cannot parse "\\xc3\\xa9" as "2006"')
})
