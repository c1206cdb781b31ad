/* A second opinion on JSON: jansson's, and a naive walk to every pointer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_JSON_AGAIN_H
#define TEST_JSON_AGAIN_H

#include "lib/base/span.h"

/*
 * NULL, or where json_scan() and the second reader disagree.  They may about numbers that
 * jansson cannot hold, about documents beyond the limits of json_scan(), and about raw NULs
 * that jansson overlooks.
 */
const char *json_again(struct span document);

#endif
