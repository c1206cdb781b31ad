/* Functions nobody may call here: using one is a compile error that names itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat strtok strtok_r sprintf vsprintf
#pragma GCC poison atoi atol atoll atof gets rand srand gmtime localtime ctime asctime

#endif
