import fc from 'fast-check'

// CI and `npm test` give BONSAI_SEED so that a run can be repeated; a bare local run explores.
const given = process.env.BONSAI_SEED
const seed = given === undefined ? Date.now() & 0x7fffffff : Number(given)
if (!Number.isInteger(seed)) throw new Error(`BONSAI_SEED must be an integer, got ${JSON.stringify(given)}`)
fc.configureGlobal({ seed, verbose: fc.VerbosityLevel.Verbose })
