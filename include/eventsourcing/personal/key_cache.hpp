// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_KEY_CACHE_HPP
#define EVENTSOURCING_PERSONAL_KEY_CACHE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/personal/secret.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace eventsourcing::detail::personal {

/// Keys in memory, by subject and by id. A key that is taken out of it is overwritten.
class KeyCache {
public:
    struct Entry {
        std::string subject;
        Secret secret;
    };

    [[nodiscard]] bool of_subject(std::string_view subject, SubjectKey& out) const {
        const auto id = by_subject_.find(subject);
        if (id == by_subject_.end())
            return false;
        out = {id->second, by_id_.at(id->second).secret};
        return true;
    }
    /// Null if it is not here.
    [[nodiscard]] const Entry* find(KeyId key) const {
        const auto found = by_id_.find(key);
        return found != by_id_.end() ? &found->second : nullptr;
    }

    void add(std::string_view subject, const SubjectKey& key) {
        if (by_id_.try_emplace(key.id, Entry{std::string(subject), key.secret}).second)
            entry_of(by_subject_, subject).second = key.id;
    }
    /// False if the subject has no key here.
    bool erase(std::string_view subject) {
        const auto id = by_subject_.find(subject);
        if (id == by_subject_.end())
            return false;
        by_id_.erase(id->second);
        by_subject_.erase(id);
        return true;
    }
    void clear() {
        by_id_.clear();
        by_subject_.clear();
    }
    [[nodiscard]] std::size_t size() const { return by_id_.size(); }

private:
    std::unordered_map<KeyId, Entry> by_id_;
    TextMap<KeyId> by_subject_;
};

} // namespace eventsourcing::detail::personal

#endif
