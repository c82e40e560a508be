// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_EACH_RECORD_HPP
#define EVENTSOURCING_TESTING_SIMULATION_EACH_RECORD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Calls `f(record)` for each record of the store that matches, until it returns a fault.
template <class Store, class F>
std::string each_record(const Store& store, Query query, F f) {
    AllRead which{.query = std::move(query), .limit = max_page_size};
    for (;;) {
        const auto page = store.read_all(which);
        if (!page)
            return joined({"the store can't be read: ", page.error().message()});
        for (const EventRecord& record : page->records())
            if (std::string fault = f(record); !fault.empty())
                return fault;
        if (page->at_end)
            return {};
        which.after = page->last_position;
    }
}

} // namespace eventsourcing::detail

#endif
