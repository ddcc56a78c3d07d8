-- What a connection of these roles otherwise asks for when it is made; connect.rs says why.
do $$
declare
  runtime_role text;
  setting text[];
begin
  foreach runtime_role in array array['q_app', 'q_projector'] loop
    foreach setting slice 1 in array array[
      ['search_path', 'read'], ['plan_cache_mode', 'force_generic_plan'], ['enable_seqscan', 'off'], ['jit', 'off'],
      ['statement_timeout', '30s'], ['idle_in_transaction_session_timeout', '15s']
    ] loop
      execute format('alter role %I in database %I set %I = %L', runtime_role, current_database(), setting[1], setting[2]);
    end loop;
  end loop;
end $$;
