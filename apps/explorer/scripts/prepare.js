// Runs at the end of `npm install`: builds the explorer's page, without any network. An install must not fail for it:
// where this cannot work (an old Node that npm was started with), the page is built when it is first asked for.
try {
  const { buildExplorer } = await import('../src/build.ts')
  await buildExplorer()
} catch (error) {
  console.warn(
    `the explorer's page was not built now, it will be when first used: ${error?.message ?? error}`,
  )
}
