import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A fresh file for vitest's JSON report. */
export function reportFile() {
  return join(mkdtempSync(join(tmpdir(), 'renderq-test-')), 'report.json');
}

/** `N passed, N failed, N skipped`, from vitest's JSON report, which is removed. */
export function closingLine(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
    // A file that cannot even be loaded has no test to count, but it is a failure.
    const failed = Math.max(report.numFailedTests, report.success ? 0 : 1);
    return `${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
  } catch {
    return '0 passed, 1 failed';
  } finally {
    rmSync(dirname(file), { recursive: true, force: true });
  }
}
