// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_MEMORY_KEYS_HPP
#define EVENTSOURCING_PERSONAL_MEMORY_KEYS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/personal/key_cache.hpp>
#include <eventsourcing/personal/key_table.hpp>
#include <eventsourcing/personal/keys.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace eventsourcing {

namespace detail::personal {

class MemoryKeyTable final : public KeyTable {
public:
    MemoryKeyTable() : ready_(id_ != 0 && blinding_key_.make()) {}

    [[nodiscard]] KeyId id() const override { return id_; }
    [[nodiscard]] std::string name() const override { return "these keys in memory"; }

    Result<void> of_subject(std::string_view subject, SubjectKey& out) override {
        const std::lock_guard lock(mutex_);
        if (keys_.of_subject(subject, out))
            return {};
        SubjectKey made{new_key_id(), {}};
        if (!ready_ || made.id == 0 || !made.secret.make())
            return no_random_numbers();
        keys_.add(subject, made);
        out = made;
        return {};
    }
    Result<Found> find(KeyId key, std::string_view subject, Secret& out) override {
        const std::lock_guard lock(mutex_);
        const auto* const found = keys_.find(key);
        if (!found) // these keys know all of theirs
            return Found::erased;
        if (found->subject != subject)
            return Found::of_other_subject;
        out = found->secret;
        return Found::key;
    }
    Result<bool> erase(std::string_view subject) override {
        const std::lock_guard lock(mutex_);
        const bool erased = keys_.erase(subject);
        if (erased)
            note_erasure();
        return erased;
    }
    Result<void> blinding_key(Secret& out) override {
        if (!ready_)
            return no_random_numbers();
        out = blinding_key_;
        return {};
    }

private:
    const KeyId id_ = new_key_id();
    Secret blinding_key_{};
    const bool ready_;
    std::mutex mutex_;
    KeyCache keys_;
};

} // namespace detail::personal

/// Keys that are gone with the last copy of this handle: for tests, and for data that is to be
/// readable as long as the process lives.
class MemoryKeys : public Keys {
public:
    MemoryKeys() : Keys(std::make_shared<detail::personal::MemoryKeyTable>()) {}
};

} // namespace eventsourcing

#endif
