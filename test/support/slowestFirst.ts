import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Networks of processes in real time: they mostly wait, so the rest runs meanwhile. */
const LONG = /\/test\/(processes|pack|interop)\//

/** Files that take minutes begin first, so that none is left running alone at the end. */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG.test(moduleId)
}
