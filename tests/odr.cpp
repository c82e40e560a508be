// SPDX-License-Identifier: MIT
// Linked into every test binary: a definition in a header that is not inline meets itself here.
#if __has_include(<eventsourcing/eventsourcing.hpp>)
#    include <eventsourcing/eventsourcing.hpp>
#endif
#if __has_include(<eventsourcing/fwd.hpp>)
#    include <eventsourcing/fwd.hpp>
#endif
