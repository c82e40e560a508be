// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_BATCH_IDS_HPP
#define EVENTSOURCING_RUNTIME_BATCH_IDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace eventsourcing::detail {

/// The ids of a batch; up to two without an allocation.
class BatchIds {
public:
    /// `make(i)` returns the id of the event at this index.
    template <std::invocable<std::size_t> Make>
    BatchIds(std::size_t count, Make&& make) : size_(count) {
        if (count > few_.size())
            many_.resize(count);
        Uuid* ids = count > few_.size() ? many_.data() : few_.data();
        for (std::size_t i = 0; i < count; ++i)
            ids[i] = make(i);
    }
    BatchIds(std::size_t count, const Environment& environment, Timestamp now)
        : BatchIds(count, [&](std::size_t /*index*/) { return environment.new_id(now); }) {}

    [[nodiscard]] std::span<const Uuid> view() const {
        return {size_ > few_.size() ? many_.data() : few_.data(), size_};
    }

private:
    std::array<Uuid, 2> few_;
    std::vector<Uuid> many_;
    std::size_t size_;
};

} // namespace eventsourcing::detail

#endif
