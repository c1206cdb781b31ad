/* A name, then a form: which forms are taken, and what is found in them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/parameters.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/http/naive_parameters.h"

/* By the letter: RFC 3986 and what browsers leave as it is. */
static bool
is_form(struct span body)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	for (size_t i = 0; i < body.len; i++) {
		if (body.ptr[i] <= ' ' || body.ptr[i] > '~' || strchr("\"<>\\#", body.ptr[i]))
			return false;
		if (body.ptr[i] != '%')
			continue;
		if (i + 2 >= body.len || !body.ptr[i + 1] || !strchr(hex, body.ptr[i + 1]) ||
		    !body.ptr[i + 2] || !strchr(hex, body.ptr[i + 2]))
			return false;
	}
	return body.len > 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = span_of(data, size), name;
	enum fault fault;

	if (!cut_line(&body, &name) || name.len == 0 || span_contains(name, '\0'))
		return 0;
	fault = form_check(body);
	must((fault == FAULT_BODY_UNREADABLE) == !is_form(body),
	     "a form is taken, or refused, against the letter");
	if (fault == FAULT_NONE) {
		must(!naive_has_method(body), "a form changes the method");
		die_if(parameters_again(body, name, true));
	}
	return 0;
}
