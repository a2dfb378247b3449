import { readFileSync } from 'node:fs'
import { parseJson, signedTypesFor } from '@trine/types'
import { decodeSignature, production } from '@trine/xmss'
import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { runConformance } from '../src/conformance/conformance.ts'
import { loadRunners } from '../src/conformance/runners.ts'

const runners = await loadRunners()

describe('xmss vectors', () => {
  it('every file is read and passes', async () => {
    const report = await runConformance([vectorsPath('xmss')], runners)
    expect(report.failures).toEqual([])
    expect(report.unusable).toEqual([])
    expect(report.notApplicable).toEqual([])
    // More vectors may come; fewer would be a runner that stopped looking.
    const expected = {
      'xmss field': 90,
      'xmss linear layers': 8,
      'xmss modes': 76,
      'xmss poseidon2': 164,
      'xmss chains and trees': 140,
      'xmss encodings': 6,
      'xmss hypercube': 186,
      'xmss signatures': 132,
      'xmss message hash': 76,
      'xmss prf': 228,
      'xmss tampered signatures': 90,
      'xmss key trees': 6,
      'xmss tweaks': 95,
      'xmss whole keys': 586,
    }
    for (const [kind, cases] of Object.entries(expected)) {
      expect(report.casesByKind[kind], kind).toBeGreaterThanOrEqual(cases)
    }
  })

  it('verify_signatures of the specification', async () => {
    const report = await runConformance(
      [vectorsPath('devnet1', 'official-2025-12', 'verify_signatures')],
      runners,
    )
    expect(report.failures).toEqual([])
    expect(report.unusable).toEqual([])
    expect(report.casesByKind).toEqual({ verify_signatures: 4 })
    expect(report.notes.map(({ note }) => note.replace(/:.*expected.*/, ''))).toEqual(['refused', 'refused'])
  })

  it('signatures that zeam sent are well-formed (its public keys are not known)', () => {
    const bytes = readFileSync(vectorsPath('devnet1', 'real', 'zeam-signed-block-with-attestation.ssz'))
    const { signature } = signedTypesFor('ssz3112').signedBlockWithAttestationType.deserialize(bytes)
    expect(signature.map((each) => decodeSignature(production, each, 'ssz3112').ok)).toEqual([true, true])
  })
})

/** One value of each file changed: a runner that still passes does not look. */
describe('a runner notices a changed vector', () => {
  it.each([
    ['poseidon2/koalabear.json', 'vectors.9.mul'],
    ['poseidon2/poseidon2_w16.json', 'vectors.3.output_plonky3.15'],
    ['poseidon2/poseidon2_w24.json', 'vectors.3.output_leanspec_d1.0'],
    ['poseidon2/linear_layers_w24.json', 'vectors.1.internal.5'],
    ['poseidon2/modes_leanspec_d1.json', 'sponge.4.output.0'],
    ['production-leanspec/prf.json', 'domain_elements.7.output'],
    ['production-leanspec/tweaks.json', 'tweaks.9.field_elements.1'],
    ['production-leanspec/hypercube.json', 'map_to_vertex.5.vertex.63'],
    ['production-plonky3/message_hash.json', 'vectors.2.acc_mod_domain'],
    ['production-plonky3/chains_trees.json', 'leaves.1.leaf'],
    ['production-plonky3/key_a.json', 'signatures.4.signature'],
    ['production-plonky3/tampered.json', 'vectors.0.valid'],
    ['production-plonky3/trees.json', 'vectors.0.left_root'],
    ['production-plonky3/encodings.json', 'vectors.0.leansig_bincode_fixint_3116'],
    ['test-plonky3/test_keys.json', 'keys.1.top_tree_layers.3.nodes.0'],
  ])('%s: %s', async (name, place) => {
    const path = vectorsPath('xmss', name)
    const bytes = readFileSync(path)
    const parsed = parseJson(bytes.toString('utf8'))
    if (!parsed.ok) throw new Error(`${name}: not JSON`)
    change(parsed.value as Record<string, unknown>, place.split('.'))
    const file = { path, bytes, json: parsed.value }
    const runner = runners.find((candidate) => candidate.recognises(file))!
    const { cases } = await runner.run(file)
    expect(cases.filter(({ failure }) => failure !== undefined).length).toBeGreaterThan(0)
  })

  function change(json: Record<string, unknown>, [key, ...rest]: string[]): void {
    const value = json[key!]
    if (rest.length > 0) change(value as Record<string, unknown>, rest)
    else if (typeof value === 'number') json[key!] = value + 1
    else if (typeof value === 'boolean') json[key!] = !value
    else json[key!] = withOtherDigit(String(value))
  }

  /** The low bit of a digit in the middle. */
  function withOtherDigit(hex: string): string {
    const at = hex.length >> 1
    const digit = (Number.parseInt(hex[at]!, 16) ^ 1).toString(16)
    return hex.slice(0, at) + digit + hex.slice(at + 1)
  }
})
