/* countersign serve: the whole service in one process. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SERVE_H
#define APP_SERVE_H

/* argv[0] is "serve".  Returns the exit code: 0 after a drain, 1 error, 2 usage. */
int command_serve(int argc, char **argv);

#endif
