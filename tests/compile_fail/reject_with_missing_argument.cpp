// SPDX-License-Identifier: MIT
// A sentence with a place for which there is no argument.
// expect-gcc: es_the_number_of_braces_and_of_arguments_differ
// expect-clang: OneBracePairForEach<int>
#include <eventsourcing/core/reject.hpp>

namespace es = eventsourcing;

es::Error refuse(int count) {
#ifdef MUST_FAIL
    return es::reject("{} of {} are sold", count);
#else
    return es::reject("{} of {} are sold", count, 10);
#endif
}
