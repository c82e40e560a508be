// SPDX-License-Identifier: MIT
// What is sealed already is not sealed again.
// expect: es: a Personal inside of a Personal would be sealed twice; seal the plain value
#include <eventsourcing/personal/memory_keys.hpp>

#include <string>

bool seal(const eventsourcing::Keys& keys, const eventsourcing::Personal<std::string>& email) {
#ifdef MUST_FAIL
    return keys.seal("person:42", email).has_value();
#else
    return keys.seal("person:42", *keys.open(email)).has_value();
#endif
}
