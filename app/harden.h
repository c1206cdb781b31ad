/* What the process asks of the system before it opens anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_HARDEN_H
#define APP_HARDEN_H

/* No core with secrets in it, no new privileges, files for nobody else. */
void harden(void);

#endif
